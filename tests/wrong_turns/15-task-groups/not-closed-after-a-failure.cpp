// Name: Not closed after a failure
// Says: your with() closes nothing when the body has failed
// Caught-by: Step5_With.ClosesWhateverTheBodyThrows, Step5_With.ClosesWhenItIsCancelled

//: 15.5
template <class R, class Body, class T>
Coro<T> run_with(R resource, Body body, std::optional<Delay> limit) {
  Result<T> result;
  if constexpr (std::is_void_v<T>) {
    co_await std::invoke(body, resource);
    result.emplace();
  } else {
    result.emplace(to_stored<T>(co_await std::invoke(body, resource)));
  }
  co_await close_within(limit, resource);
  co_return std::move(result).value();
}
