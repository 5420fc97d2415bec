// Name: The tasks are nobody's
// Says: your tasks have no owner between their start and their await
// Caught-by: Fix15b_Profile.WithoutANameNobodyIsAskedAnyMore

aio::Coro<Profile> load_profile(Sources sources) {
  const aio::Task<std::string> orders = aio::create_task(sources.orders());
  const aio::Task<std::string> picture = aio::create_task(sources.picture());
  std::string name = co_await sources.name();
  const std::string& what = co_await orders;
  const std::string& shown = co_await picture;
  co_return Profile(std::move(name), what, shown);
}
