// Name: Cancelling what is still pending
// Says: your wait cancels the tasks that are not done; they are not yours to stop
// Caught-by: Step4_Wait.ForTheFirst

template <FutureLike Handle>
Coro<Waited<typename Handle::value_type, Handle>> wait(std::vector<Handle> handles, ReturnWhen mode,
                                                       std::optional<Delay> timeout) {
  if (handles.empty()) throw std::invalid_argument("wait: there is nothing to wait for");
  if (mode < ReturnWhen::first_completed || mode > ReturnWhen::all_completed) {
    throw std::invalid_argument("wait: unknown mode");
  }
  detail::drop_duplicates(handles);
  EventLoop& loop = running_loop();
  detail::Release release(mode, handles.size());
  if (timeout) loop.call_at(timeout->after(loop.time()), release);
  std::deque<detail::WaitHook> hooks;  // their destructors unhook them
  for (const Handle& handle : handles) hooks.emplace_back(release, handle.state());
  co_await release.future();
  Waited<typename Handle::value_type, Handle> sorted;
  for (Handle& handle : handles) {
    if (!handle.done()) handle.cancel();
    auto& side = handle.done() ? sorted.done : sorted.pending;
    side.push_back(std::move(handle));
  }
  co_return sorted;
}
