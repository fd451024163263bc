dnl SPDX-License-Identifier: MIT

dnl NM_C11: the compiler takes C11.
AC_DEFUN([NM_C11], [
	AC_CACHE_CHECK([whether $CC takes C11], [nm_cv_c11], [
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [_Static_assert(__STDC_VERSION__ >= 201112L, "C11");])],
			[nm_cv_c11=yes], [nm_cv_c11=no])])
	AS_IF([test $nm_cv_c11 = no], [AC_MSG_ERROR([a C11 compiler is needed (Debian: gcc)])])
])

dnl NM_WARNINGS(yes|no): the warnings we keep clean of; errors when yes.
AC_DEFUN([NM_WARNINGS], [
	NM_WARN="-Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wformat=2"
	AS_IF([test "x$1" = xyes], [NM_WARN="$NM_WARN -Werror"])
	AC_SUBST([NM_WARN])
])

dnl NM_LINK_FLAG(FLAG): links with it where linker and C library know it.  The one we ask for makes the table that the
dnl loader works through at each start a hundredth as long (DT_RELR: binutils 2.38, glibc 2.36).
AC_DEFUN([NM_LINK_FLAG], [
	AC_CACHE_CHECK([whether programs linked with $1 run], [nm_cv_link_flag], [
		nm_ldflags=$LDFLAGS
		LDFLAGS="$LDFLAGS -Wl,--fatal-warnings $1"
		AC_RUN_IFELSE([AC_LANG_PROGRAM([], [])],
			[nm_cv_link_flag=yes], [nm_cv_link_flag=no], [nm_cv_link_flag=no])
		LDFLAGS=$nm_ldflags])
	AS_IF([test $nm_cv_link_flag = yes], [LINK_FLAG="$1"], [LINK_FLAG=])
	AC_SUBST([LINK_FLAG])
])

dnl NM_LIBRARY(VARIABLE, PKG-CONFIG MODULE, VERSION, DEBIAN PACKAGE, WHAT FOR): collects what is missing,
dnl so that NM_LIBRARIES_DONE can name all of it at once.
AC_DEFUN([NM_LIBRARY], [
	PKG_CHECK_MODULES([$1], [$2 >= $3], [], [
		nm_missing="$nm_missing
  $2 >= $3, for $5 (Debian: $4)"
		nm_packages="$nm_packages $4"])
])

dnl NM_HEADER(HEADER, DEBIAN PACKAGE, WHAT FOR): the same for a library that has no module of pkg-config.
AC_DEFUN([NM_HEADER], [
	AC_CHECK_HEADER([$1], [], [
		nm_missing="$nm_missing
  $1, for $3 (Debian: $2)"
		nm_packages="$nm_packages $2"])
])

AC_DEFUN([NM_LIBRARIES_DONE], [
	AS_IF([test -n "$nm_missing"], [AC_MSG_ERROR([these libraries are missing:$nm_missing
On Debian, ./autogen.sh run installs them, or: apt-get install$nm_packages])])
])
