// Name: Everything becomes GET
// Says: your becomes_get() turns every request into GET, also after 307 and 308
// Caught-by: Step5_Method.IsWhatBrowsersMakeOfIt

//: 13.5
inline bool becomes_get(int status, std::string_view method) {
  return status != 0 && method != "GET";
}
