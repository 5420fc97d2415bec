// Name: The rest is the whole
// Says: your download() says that the file is as long as what is missing of it
// Caught-by: Use13e_Download.GoesOnWhereItStopped

//: use-13e
std::optional<std::uint64_t> total_of(const http::Response& response, const Download& known) {
  const auto length = response.headers.get("Content-Length");
  if (!length) return {};
  return std::stoull(std::string(*length));
}
