// Name: Going in without noting who awaits
// Says: your await_suspend starts the body and does not note who awaits, so its end will lead
//   nowhere
// Caught-by: Step3_WayIn.NotesWhoAwaits

//: 6.3
template <class T>
std::coroutine_handle<> CoroAwaiter<T>::await_suspend(std::coroutine_handle<> awaiting) {
  return frame_.get();
}
