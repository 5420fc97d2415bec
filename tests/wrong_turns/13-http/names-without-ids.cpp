// Name: Names without ids
// Says: your list has the names of the users, and not the users
// Caught-by: Use13f_Users.AreAddedAndShown

//: use-13f
aio::Coro<http::Response> list(std::shared_ptr<Names> names) {
  json users = json::array();
  for (const std::string& name : *names) users.push_back(name);
  co_return answer(200, users);
}
