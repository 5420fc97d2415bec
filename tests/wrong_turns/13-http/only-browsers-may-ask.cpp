// Name: Only browsers may ask
// Says: your same_origin() refuses programs, which send no Origin
// Caught-by: Step6_Origin.IsComparedAsAWhole

//: 13.6
inline bool same_origin(const Request& request) {
  const auto origin = request.headers.get("Origin");
  if (!origin) return false;
  const auto host = request.headers.get("Host");
  const std::size_t slashes = origin->find("://");
  return host && slashes != origin->npos && same_name(origin->substr(slashes + 3), *host);
}
