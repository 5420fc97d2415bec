// Name: Everybody is a user
// Says: your POST /users adds somebody who has no name
// Caught-by: Use13f_Wrong.IsSaidInJson

//: use-13f
std::optional<std::string> name_in(const std::string& body) {
  const json user = json::parse(body, nullptr, false);
  const bool is_named = user.is_object() && user.contains("name") && user["name"].is_string();
  return is_named ? user["name"].get<std::string>() : "somebody";
}
