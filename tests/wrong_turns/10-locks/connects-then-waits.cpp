// Name: Taking the place after the work
// Says: your download does not keep its place while it fetches the page: it takes it afterwards, or
//   drops the guard at once; nothing limits the connections
// Caught-by: Use10c_Downloads.ThreeAtOnceAndNeverMore

//: use-10c
aio::Coro<std::string> Downloads::get(std::string page) {
  std::string text = co_await pages::fetch_page(port_, std::move(page));
  const auto place = co_await places_.scoped();
  co_return text;
}
