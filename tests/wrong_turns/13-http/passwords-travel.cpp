// Name: Passwords travel
// Says: your redirect() shows another origin who one is
// Caught-by: Step5_Request.ShowsNobodyElseWhoOneIs, Step5_Request.ShowsAnotherPortNothingEither

//: 13.5
inline void redirect(Request& request, std::string& body, int status, const Url& from,
                     const Url& to) {
  if (becomes_get(status, request.method)) {
    request.method = "GET";
    drop_body(request, body);
  }
  request.target = to.target();
  if (from.origin() == to.origin()) return;
  request.headers.set("Host", to.authority());
}
