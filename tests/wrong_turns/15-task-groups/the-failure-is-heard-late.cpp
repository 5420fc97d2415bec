// Name: Heard late
// Says: your function hears of a failure only when it comes to that task
// Caught-by: Fix15b_Profile.WithoutAPictureNobodyIsAskedAnyMore

aio::Coro<Profile> load_profile(Sources sources) {
  const aio::Task<std::string> orders = aio::create_task(sources.orders());
  const aio::Task<std::string> picture = aio::create_task(sources.picture());
  std::exception_ptr failure;
  try {
    std::string name = co_await sources.name();
    const std::string& what = co_await orders;
    const std::string& shown = co_await picture;
    co_return Profile(std::move(name), what, shown);
  } catch (...) {
    failure = std::current_exception();
  }
  for (const aio::Task<std::string>& each : {orders, picture}) {
    each.cancel();
    try {
      co_await each;
    } catch (...) {
    }
  }
  std::rethrow_exception(failure);
}
