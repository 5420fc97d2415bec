// Name: Tasks that nobody awaits
// Says: your function starts the tasks and returns without awaiting them, so they have had no turn
//   yet
// Caught-by: Use1c_FetchAll.ReturnsAnAnswerForEachPage, Use1c_FetchAll.OneHundredTakeTheTimeOfOne

//: use-1c
aio::Coro<std::vector<std::string>> fetch_all(int pages) {
  std::vector<aio::Task<std::string>> requests;
  for (int page = 0; page < pages; ++page) requests.push_back(aio::create_task(fetch(page)));
  std::vector<std::string> answers;
  for (const auto& request : requests) {
    if (request.done()) answers.push_back(request.result());
  }
  co_return answers;
}
