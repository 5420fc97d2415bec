// Name: The host stays
// Says: your redirect() asks another server for the host of the first one
// Caught-by: Step5_Request.ShowsNobodyElseWhoOneIs

//: 13.5
inline void redirect(Request& request, std::string& body, int status, const Url& from,
                     const Url& to) {
  if (becomes_get(status, request.method)) {
    request.method = "GET";
    drop_body(request, body);
  }
  request.target = to.target();
  if (from.origin() == to.origin()) return;
  for (const char* const name : {"Authorization", "Cookie", "Proxy-Authorization"}) {
    request.headers.remove(name);
  }
}
