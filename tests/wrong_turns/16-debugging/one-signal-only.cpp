// Name: One signal only
// Says: your stop_signal() waits for SIGINT alone
// Caught-by: Step4_StopSignal.IsEitherOfTwo

//: 16.4
inline Coro<int> stop_signal() {
  Event come;
  int which = 0;
  const detail::SignalWait interrupt(running_loop(), SIGINT, come, which);
  co_await come.wait();
  co_return which;
}
