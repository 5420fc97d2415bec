// Name: One after the other
// Says: your function fetches one page after the other, however many may be fetched at once
// Caught-by: Use15c_AllOrNothing.FetchesSoManyAtOnce, Use15c_AllOrNothing.GivesTheTextsInOrder

//: use-15c
aio::Coro<std::vector<std::string>> fetch_all(std::vector<std::string> pages, Fetch fetch,
                                              std::size_t at_once) {
  static_cast<void>(at_once);
  std::vector<std::string> texts;
  for (const std::string& page : pages) texts.push_back(co_await fetch(page));
  co_return texts;
}
