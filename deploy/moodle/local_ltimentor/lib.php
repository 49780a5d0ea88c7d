<?php
/**
 * A tab in the course that opens the course's hidden Mentorship activity.
 *
 * @package   local_ltimentor
 * @copyright 2026 the LTI Mentor authors
 * @license   https://www.apache.org/licenses/LICENSE-2.0 Apache-2.0, usable with GPL v3
 */

defined('MOODLE_INTERNAL') || die();

/** ID number of the external tool that the tab opens. */
const LOCAL_LTIMENTOR_IDNUMBER = 'mentor-hub';

/**
 * Adds the tab, where this course has the activity and this person may open it.
 *
 * @param navigation_node $parentnode the course's navigation
 * @param stdClass $course
 * @param context_course $context
 */
function local_ltimentor_extend_navigation_course(
    navigation_node $parentnode,
    stdClass $course,
    context_course $context
): void {
    $activity = local_ltimentor_find_activity($course);
    if ($activity === null) {
        return;
    }
    $parentnode->add(
        get_string('tab', 'local_ltimentor'),
        $activity->url,
        navigation_node::TYPE_CUSTOM,
        null,
        'local_ltimentor',
        new pix_icon('i/users', '')
    );
}

/**
 * Returns the first external tool with our ID number that this person may open.
 *
 * @param stdClass $course
 * @return cm_info|null
 */
function local_ltimentor_find_activity(stdClass $course): ?cm_info {
    foreach (get_fast_modinfo($course)->get_instances_of('lti') as $activity) {
        $isours = $activity->idnumber === LOCAL_LTIMENTOR_IDNUMBER;
        if ($isours && $activity->uservisible && !$activity->deletioninprogress) {
            return $activity;
        }
    }
    return null;
}
