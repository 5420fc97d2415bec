// Name: An error swallows the request
// Says: your group throws its errors, and the request of somebody else is never delivered again
// Caught-by: Step3_Cancel.AFailureMeanwhileIsThrownAndTheRequestComesAgain

//: 15.3
inline void TaskGroup::keep_request() {}
