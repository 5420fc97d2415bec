// Name: Texts as they come
// Says: your texts are in the order in which they came, not in that of their pages
// Caught-by: Use15c_AllOrNothing.GivesTheTextsInOrder

//: use-15c
aio::Coro<std::vector<std::string>> fetch_all(std::vector<std::string> pages, Fetch fetch,
                                              std::size_t at_once) {
  std::vector<std::string> texts;
  const auto keep = [&](std::string page) -> aio::Coro<> { texts.push_back(co_await fetch(page)); };
  const auto start_all = [&](aio::TaskGroup& group) -> aio::Coro<> {
    for (const std::string& page : pages) group.create_task(keep(page));
    co_return;
  };
  aio::TaskGroup group{aio::AtMost(at_once)};
  std::exception_ptr first;
  try {
    co_await aio::task_group(group, start_all);
  } catch (const aio::ExceptionGroup& failures) {
    first = failures.exceptions.front();
  }
  if (first != nullptr) std::rethrow_exception(first);
  co_return texts;
}
