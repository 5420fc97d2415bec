// Name: A static name
// Says: your welcome keeps the name alive by making it static: all calls share the name of the
//   first
// Caught-by: Fix6b_Reference.EachCallHasItsOwn

//: fix-6b
// instead of: aio::Coro<std::string> greet(Name name)
aio::Coro<std::string> greet(const Name& name) {
  co_await aio::sleep(1s);
  co_return "hello, " + name.text();
}

aio::Coro<std::string> welcome(std::string who) {
  static const Name name(who);
  return greet(name);
}
