/* The last page of dynamic registration: the LMS may close its frame now. It carries
   no data; Moodle and Canvas listen for this subject and check no origin. */

const lms = window.opener ?? window.parent;
const close = () => lms.postMessage({ subject: "org.imsglobal.lti.close" }, "*");

document.getElementById("close").addEventListener("click", close);
