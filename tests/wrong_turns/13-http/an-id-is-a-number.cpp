// Name: An id is a number
// Says: your GET /users/{id} throws when the id is no number
// Caught-by: Use13f_Nobody.IsSaidInJson

//: use-13f
std::optional<std::size_t> known(const Names& names, const std::string& text) {
  const std::size_t id = std::stoul(text);
  return id >= 1 && id <= names.size() ? std::optional(id) : std::nullopt;
}
