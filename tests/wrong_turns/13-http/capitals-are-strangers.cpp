// Name: Capitals are strangers
// Says: your same_origin() compares names of hosts letter by letter
// Caught-by: Step6_Origin.IsComparedAsAWhole

//: 13.6
inline bool same_origin(const Request& request) {
  const auto origin = request.headers.get("Origin");
  if (!origin) return true;
  const auto host = request.headers.get("Host");
  const std::size_t slashes = origin->find("://");
  return host && slashes != origin->npos && origin->substr(slashes + 3) == *host;
}
