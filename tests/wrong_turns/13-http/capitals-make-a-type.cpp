// Name: Capitals make a type
// Says: your POST /users refuses Application/JSON, which is the same type
// Caught-by: Use13f_Users.AreAddedAndShown

//: use-13f
bool has_json(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type").value_or("");
  return http::trimmed(type.substr(0, type.find(';'))) == "application/json";
}
