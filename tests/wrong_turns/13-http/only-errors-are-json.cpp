// Name: Only errors are JSON
// Says: your list of all users is JSON, but its Content-Type says that it is plain text
// Caught-by: Use13f_Users.AreNoneAtFirst

//: use-13f
aio::Coro<http::Response> list(std::shared_ptr<Names> names) {
  json users = json::array();
  for (std::size_t id = 1; id <= names->size(); ++id) users.push_back(user_of(*names, id));
  co_return http::Response(200, users.dump());
}
