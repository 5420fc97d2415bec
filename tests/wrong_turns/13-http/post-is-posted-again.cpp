// Name: POST is posted again
// Says: your becomes_get() repeats POST after 301 and 302, which browsers do not
// Caught-by: Step5_Method.IsWhatBrowsersMakeOfIt

//: 13.5
inline bool becomes_get(int status, std::string_view method) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return false;
}
