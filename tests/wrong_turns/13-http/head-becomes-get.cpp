// Name: HEAD becomes GET
// Says: your becomes_get() turns HEAD into GET after 303
// Caught-by: Step5_Method.IsWhatBrowsersMakeOfIt

//: 13.5
inline bool becomes_get(int status, std::string_view method) {
  if (status == 303) return method != "GET";
  return (status == 301 || status == 302) && method == "POST";
}
