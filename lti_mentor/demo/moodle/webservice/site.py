"""What the site says of itself and which functions the service holds."""

from typing import Any

from lti_mentor.demo.moodle.webservice.account import Account
from lti_mentor.demo.moodle.webservice.wire import Function
from lti_mentor.demo.shell import here

RELEASE = {"release": "4.5.6 (Build: 20250811)", "version": "2024100706"}
"""The version whose behaviour this is."""
FEATURES = {
    "usecomments": 1,
    "usetags": 1,
    "enablenotes": 1,
    "messaging": 1,
    "enableblogs": 1,
    "enablecompletion": 1,
    "enablebadges": 1,
    "messagingallusers": 0,
    "enablecustomreports": 1,
    "enableglobalsearch": 0,
    "mnet_dispatcher_mode": 0,
    "enablecompetencies": 1,
}
"""What is switched on in this site."""
ADVERTISED = [
    "core_badges_get_user_badges",
    "core_calendar_create_calendar_events",
    "core_calendar_delete_calendar_events",
    "core_calendar_get_calendar_events",
    "core_cohort_get_cohorts",
    "core_competency_grade_competency",
    "core_competency_grade_competency_in_course",
    "core_competency_list_competencies",
    "core_competency_list_competency_frameworks",
    "core_competency_list_course_competencies",
    "core_competency_list_course_module_competencies",
    "core_competency_list_plan_competencies",
    "core_competency_list_user_plans",
    "core_competency_read_plan",
    "core_completion_get_activities_completion_status",
    "core_completion_get_course_completion_status",
    "core_completion_mark_course_self_completed",
    "core_completion_override_activity_completion_status",
    "core_completion_update_activity_completion_status_manually",
    "core_course_get_categories",
    "core_course_get_contents",
    "core_course_get_courses",
    "core_course_get_courses_by_field",
    "core_enrol_get_enrolled_users",
    "core_enrol_get_enrolled_users_with_capability",
    "core_enrol_get_users_courses",
    "core_grades_get_gradeitems",
    "core_grades_update_grades",
    "core_group_add_group_members",
    "core_group_create_groups",
    "core_group_get_course_groups",
    "core_group_get_course_user_groups",
    "core_group_get_group_members",
    "core_message_send_instant_messages",
    "core_notes_create_notes",
    "core_reportbuilder_list_reports",
    "core_reportbuilder_retrieve_report",
    "core_user_get_course_user_profiles",
    "core_user_get_users",
    "core_user_get_users_by_field",
    "core_webservice_get_site_info",
    "core_xapi_statement_post",
    "gradereport_overview_get_course_grades",
    "gradereport_user_get_grade_items",
    "mod_assign_get_grades",
    "mod_lti_get_ltis_by_courses",
    "mod_lti_get_tool_launch_data",
    "mod_lti_get_tool_types",
    "report_competency_data_for_report",
    "tool_lp_data_for_course_competencies_page",
    "tool_lp_data_for_plan_page",
    "tool_lp_data_for_plans_page",
    "tool_lp_data_for_user_competency_summary",
    "tool_lp_data_for_user_competency_summary_in_course",
    "tool_lp_data_for_user_evidence_list_page",
]
"""The functions of the integration's service."""


def site_info(account: Account) -> dict[str, Any]:
    """Describe the site, the caller and the functions of its service."""
    person, url = account.person, here().url
    functions = [
        {"name": name, "version": "2024100706"}
        for name in ADVERTISED
        if name not in account.without
    ]
    return {
        "sitename": here().name,
        "username": person.username,
        "firstname": person.given,
        "lastname": person.family,
        "fullname": person.name,
        "lang": person.lang,
        "userid": person.id,
        "siteurl": url,
        "userpictureurl": f"{url}/theme/image.php/boost/core/1/u/f1",
        "functions": functions,
        "downloadfiles": 0,
        "uploadfiles": 0,
        **RELEASE,
        "mobilecssurl": "",
        "advancedfeatures": [
            {"name": name, "value": value} for name, value in FEATURES.items()
        ],
        "usercanmanageownfiles": True,
        "userquota": 104857600,
        "usermaxuploadfilesize": 67108864,
        "userhomepage": 1,
        "userprivateaccesskey": "private",
        "siteid": 1,
        "sitecalendartype": "gregorian",
        "usercalendartype": "gregorian",
        "userissiteadmin": person.admin,
        "theme": "boost",
        "limitconcurrentlogins": 0,
        "policyagreed": 0,
    }


def site_functions() -> dict[str, Function]:
    """Return the functions about the site."""
    return {
        "core_webservice_get_site_info": Function(
            site_info, {"serviceshortnames?": [str]}
        )
    }
