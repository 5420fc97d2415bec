// Name: Running callbacks inside the poll
// Says: your loop calls a descriptor's callback while it polls, before what was ready already
// From: libuv's uv__io_poll, which calls back while it goes through the events
// Caught-by: Step4_Descriptors.ReadyThenDescriptorsThenTimers

inline void EventLoop::queue_handler(const Ref<detail::Watcher>& watcher) {
  if (const Ref<detail::Watcher> alive = watcher) run_one(*alive);
}
