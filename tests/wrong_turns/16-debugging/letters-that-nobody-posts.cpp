// Name: Letters that nobody posts
// Says: you call a coroutine and drop what it returns: it never begins
// Caught-by: Fix16c_Newsletter.AllLettersArePostedBeforeItCloses,
//   Fix16c_Newsletter.OneThatComesBackStopsNobody

struct Newsletter {
  aio::Coro<> send_to_all() {
    std::for_each(readers_.begin(), readers_.end(),
                  [this](const std::string& reader) { return send_to(reader); });
    co_return;
  }
};
