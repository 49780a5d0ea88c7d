<?php
/**
 * What the Mentorship tab keeps of people: nothing.
 *
 * @package   local_ltimentor
 * @copyright 2026 the LTI Mentor authors
 * @license   https://www.apache.org/licenses/LICENSE-2.0 Apache-2.0, usable with GPL v3
 */

namespace local_ltimentor\privacy;

/**
 * Says so to Moodle's privacy registry.
 */
class provider implements \core_privacy\local\metadata\null_provider {
    /**
     * Returns the name of the sentence that says why.
     *
     * @return string
     */
    public static function get_reason(): string {
        return 'privacy:metadata';
    }
}
