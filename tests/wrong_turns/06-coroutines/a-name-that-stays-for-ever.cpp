// Name: A name that nobody deletes
// Says: your welcome puts the name on the heap so that it does not end; now it never ends
// Caught-by: Fix6b_Reference.LeavesNoNameBehind

//: fix-6b
// instead of: aio::Coro<std::string> greet(Name name)
aio::Coro<std::string> greet(const Name& name) {
  co_await aio::sleep(1s);
  co_return "hello, " + name.text();
}

aio::Coro<std::string> welcome(std::string who) { return greet(*new Name(who)); }
