// Name: A view of a copy
// Says: your announce makes a copy and passes a view of it: the copy ends with the call
// Caught-by: Fix6d_View.HasWhatItNeedsWhenItRuns

//: fix-6d
// instead of: aio::Coro<std::string> loudly(std::string text)
aio::Coro<std::string> loudly(std::string_view text) {
  co_await aio::sleep(1s);
  co_return std::string(text) + "!";
}
