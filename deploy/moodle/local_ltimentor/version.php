<?php
/**
 * Version of the Mentorship tab.
 *
 * @package   local_ltimentor
 * @copyright 2026 the LTI Mentor authors
 * @license   https://www.apache.org/licenses/LICENSE-2.0 Apache-2.0, usable with GPL v3
 */

defined('MOODLE_INTERNAL') || die();

$plugin->component = 'local_ltimentor';
$plugin->version = 2026112300;
$plugin->requires = 2024100700; // Moodle 4.5.
$plugin->supported = [405, 501];
$plugin->maturity = MATURITY_STABLE;
$plugin->release = '1.0.0';
