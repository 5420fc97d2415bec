// Name: A port is no stranger
// Says: your redirect() takes another port of the same host for the same origin
// Caught-by: Step5_Request.ShowsAnotherPortNothingEither

//: 13.5
inline void redirect(Request& request, std::string& body, int status, const Url& from,
                     const Url& to) {
  if (becomes_get(status, request.method)) {
    request.method = "GET";
    drop_body(request, body);
  }
  request.target = to.target();
  if (from.host() == to.host()) return;
  request.headers.set("Host", to.authority());
  for (const char* const name : {"Authorization", "Cookie", "Proxy-Authorization"}) {
    request.headers.remove(name);
  }
}
