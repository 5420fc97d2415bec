// Name: Copying the name in the first line of the body
// Says: your greet copies the name in its body, which runs when it is awaited; the name has ended
//   before
// Caught-by: Fix6b_Reference.HasWhatItNeedsWhenItRuns

//: fix-6b
// instead of: aio::Coro<std::string> greet(Name name)
aio::Coro<std::string> greet(const Name& name) {
  const Name mine = name;
  co_await aio::sleep(1s);
  co_return "hello, " + mine.text();
}
