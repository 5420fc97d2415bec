// Name: One mirror after the other
// Says: your race asks a mirror when the one before has failed, so there is none
// Caught-by: Use8b_FastestMirror.TheFirstAnswerWinsAndTheOthersHaveEnded

//: use-8b
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("no mirrors");
  for (std::size_t i = 0; i + 1 < mirrors.size(); ++i) {
    try {
      co_return co_await std::move(mirrors[i]);
    } catch (const std::runtime_error&) {
    }
  }
  co_return co_await std::move(mirrors.back());
}
