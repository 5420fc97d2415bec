// Name: Nobody is null
// Says: your GET /users says null where nobody is there yet; it is an empty list
// Caught-by: Use13f_Users.AreNoneAtFirst

//: use-13f
aio::Coro<http::Response> list(std::shared_ptr<Names> names) {
  json users;
  for (std::size_t id = 1; id <= names->size(); ++id) users.push_back(user_of(*names, id));
  co_return answer(200, users);
}
