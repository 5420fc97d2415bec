// Name: What begins like JSON
// Says: your POST /users takes application/jsonlines for application/json
// Caught-by: Use13f_Wrong.IsSaidInJson

//: use-13f
bool has_json(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type").value_or("");
  static constexpr std::string_view wanted = "application/json";
  return http::same_name(type.substr(0, wanted.size()), wanted);
}
