// Name: PUT becomes GET
// Says: your becomes_get() turns every method into GET after 301 and 302
// Caught-by: Step5_Method.IsWhatBrowsersMakeOfIt

//: 13.5
inline bool becomes_get(int status, std::string_view method) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method != "GET" && method != "HEAD";
}
