<?php
/**
 * English words of the Mentorship tab.
 *
 * @package   local_ltimentor
 * @copyright 2026 the LTI Mentor authors
 * @license   https://www.apache.org/licenses/LICENSE-2.0 Apache-2.0, usable with GPL v3
 */

defined('MOODLE_INTERNAL') || die();

$string['pluginname'] = 'Mentorship tab';
$string['privacy:metadata'] = 'The Mentorship tab stores nothing. It only links to an activity of the course.';
$string['tab'] = 'Mentorship';
