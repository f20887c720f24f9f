import { defineProblems } from '../errors/define-problems.ts'

export const usersProblems = defineProblems({
  'users.not_found': {
    status: 404,
    title: 'No such user',
    detail: 'There is no user with this id.',
    advice: 'Look the user up with GET /users.',
  },
  'users.username_taken': {
    status: 409,
    title: 'Username taken',
    detail: 'Another account has this username, or one that looks like it.',
    advice:
      'Choose another username. Upper and lower case make no difference, and nobody may be taken for somebody else: ada1 looks like adal.',
  },
  'users.email_taken': {
    status: 409,
    title: 'E-mail address taken',
    detail: 'Another account has this e-mail address.',
    advice: 'Log in to that account, or use another e-mail address.',
  },
  'users.last_admin': {
    status: 409,
    title: 'Last admin',
    detail: 'This is the only admin who can log in.',
    advice: 'Make another account an admin first.',
  },
})
