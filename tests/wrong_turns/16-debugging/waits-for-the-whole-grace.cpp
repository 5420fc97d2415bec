// Name: Waits for the whole grace
// Says: your server waits until the grace is over, although everybody has gone
// Caught-by: Step5_Ending.LetsHandlersFinish

//: 16.5
inline Coro<> Server::finish(Ref<detail::ServerState> state, Delay grace) {
  co_await sleep(grace.count());
}
