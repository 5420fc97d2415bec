// Name: The body stays
// Says: your redirect() sends the body along although the method is GET now
// Caught-by: Step5_Request.LosesItsBodyWithItsMethod

//: 13.5
inline void redirect(Request& request, std::string& body, int status, const Url& from,
                     const Url& to) {
  if (becomes_get(status, request.method)) {
    request.method = "GET";
  }
  request.target = to.target();
  if (from.origin() == to.origin()) return;
  request.headers.set("Host", to.authority());
  for (const char* const name : {"Authorization", "Cookie", "Proxy-Authorization"}) {
    request.headers.remove(name);
  }
}
