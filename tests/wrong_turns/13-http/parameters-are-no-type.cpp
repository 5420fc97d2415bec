// Name: Parameters are no type
// Says: your POST /users does not take application/json with parameters
// Caught-by: Use13f_Users.AreAddedAndShown

//: use-13f
bool has_json(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type").value_or("");
  return http::same_name(type, "application/json");
}
