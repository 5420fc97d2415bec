// Name: Awaiting one request after the other
// Says: your loop awaits each request before it makes the next, so only one is under way at a time
// Caught-by: Use1c_FetchAll.OneHundredTakeTheTimeOfOne, Use1c_FetchAll.AllAreUnderWayAtOnce

//: use-1c
aio::Coro<std::vector<std::string>> fetch_all(int pages) {
  std::vector<std::string> answers;
  for (int page = 0; page < pages; ++page) answers.push_back(co_await fetch(page));
  co_return answers;
}
