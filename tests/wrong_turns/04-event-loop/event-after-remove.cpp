// Name: An event after the removal
// Says: your loop delivers an event that was reported before the descriptor was removed
// From: uvloop, where remove_reader took effect too late (MagicStack/uvloop#61), and libuv, with a
//   number used again (joyent/libuv#968)
// Caught-by: Step4_Descriptors.NothingIsDeliveredAfterRemoval,
//   Step4_Descriptors.ANumberMayBeUsedAgainAtOnce

inline void EventLoop::queue_handler(const Ref<detail::Watcher>& watcher) {
  if (watcher) call_soon([watcher] { watcher->run(); });
}
