// Name: No limit while connecting
// Says: your pool opens a connection for everybody who asks
// Caught-by: Use12d_Pool.NeverMoreThanSoMany

//: use-12d
aio::Coro<> Pool::with(Work work) {
  aio::Stream stream = co_await take();
  co_await work(stream);
  if (is_clean(stream)) idle_.push_back(std::move(stream));
}
