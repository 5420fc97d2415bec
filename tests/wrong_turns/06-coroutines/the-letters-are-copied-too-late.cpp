// Name: Copying the letters in the first line of the body
// Says: your loudly copies the letters in its body, which runs when it is awaited; they have
//   changed before
// Caught-by: Fix6d_View.HasWhatItNeedsWhenItRuns

//: fix-6d
// instead of: aio::Coro<std::string> loudly(std::string text)
aio::Coro<std::string> loudly(std::string_view text) {
  const std::string mine(text);
  co_await aio::sleep(1s);
  co_return mine + "!";
}

aio::Coro<std::string> announce(std::string who) {
  const Name name(who);
  return loudly(name.view());
}
