// Name: A string by reference
// Says: your loudly takes a const std::string&: still an address, now of a string that ends with
//   the call
// Caught-by: Fix6d_View.HasWhatItNeedsWhenItRuns

//: fix-6d
// instead of: aio::Coro<std::string> loudly(std::string text)
aio::Coro<std::string> loudly(const std::string& text) {
  co_await aio::sleep(1s);
  co_return text + "!";
}
