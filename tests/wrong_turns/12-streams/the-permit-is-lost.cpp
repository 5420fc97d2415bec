// Name: A permit that does not come back
// Says: your pool loses a permit each time when the work fails
// Caught-by: Use12d_Pool.WorkThatFailsDoesNotGiveItsConnectionBack

//: use-12d
aio::Coro<> Pool::with(Work work) {
  co_await permits_.acquire();
  aio::Stream stream = co_await take();
  co_await work(stream);
  if (is_clean(stream)) idle_.push_back(std::move(stream));
  permits_.release();
}
