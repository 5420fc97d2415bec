// Name: The exception goes to whoever resumes
// Says: your unhandled_exception() throws on: the exception reaches whoever resumed the coroutine,
//   not whoever awaits it
// Caught-by: Step2_Exception.IsKeptWhateverItsType

//: 6.2
template <class T>
void CoroPromiseBase<T>::unhandled_exception() {
  throw;
}
